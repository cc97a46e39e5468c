"""From an image to a sequence: cut it into square patches, and project each to the width of the model."""

from torch import Tensor, nn

from course import expect


class PatchEmbedding(nn.Module):
    """A linear projection of each patch, written as the convolution it is: kernel and stride are the patch.

    images: (B, C, H, W) -> (B, N, dim) with N = H/patch · W/patch, row by row.
    Parameters: C · patch² · dim + dim.
    """

    def __init__(self, patch: int, dim: int, channels: int = 3):
        super().__init__()
        expect.whole(patch=patch, dim=dim, channels=channels)
        self.patch = patch
        self.projection = nn.Conv2d(channels, dim, kernel_size=patch, stride=patch)

    def grid(self, images: Tensor) -> tuple[int, int]:
        """How many patches high and wide: (B, C, H, W) -> (H/patch, W/patch)"""
        expect.images(images, self.projection.in_channels, self.projection.weight)
        p, (H, W) = self.patch, images.shape[-2:]
        if H % p or W % p or 0 in (H, W):
            raise ValueError(f"an image of {H} × {W} pixels cannot be cut into patches of {p} × {p}")
        return H // p, W // p

    def forward(self, images: Tensor) -> Tensor:
        self.grid(images)
        return self.projection(images).flatten(2).transpose(1, 2)  # (B, dim, H/p, W/p) -> (B, N, dim)


def rearranged(images: Tensor, patch: int, order: Tensor) -> Tensor:
    """The same squares in another order: the n-th one of the result is the `order[n]`-th of the image.

    images: (B, C, H, W), H and W multiples of the patch; order: (N,), numbers of patches, counted row by row
    -> (B, C, H, W)
    """
    rows, columns = images.shape[-2] // patch, images.shape[-1] // patch
    if images.shape[-2:] != (rows * patch, columns * patch) or order.shape != (rows * columns,):
        raise ValueError(
            f"an order of {tuple(order.shape)} patches of {patch} × {patch} does not fit images of "
            f"{images.shape[-2]} × {images.shape[-1]} pixels"
        )
    cut = images.unflatten(2, (rows, patch)).unflatten(4, (columns, patch))  # (B, C, rows, p, columns, p)
    squares = cut.transpose(3, 4).flatten(2, 3)  # (B, C, N, p, p)
    placed = squares[:, :, order].unflatten(2, (rows, columns))  # (B, C, rows, columns, p, p)
    return placed.transpose(3, 4).flatten(4).flatten(2, 3)  # (B, C, H, W)
