"""Answers to `linear_attention`; with each wrong one, what was once said of it by hand."""

import itertools

import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


def _upper(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}"


def linear_attention_reference(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv  # (B, L, n) each
    context = k.transpose(-2, -1) @ v  # (B, n, n)
    return q @ context @ wo  # (B, L, d)


@wrong(
    "A softmax is applied to the scores; formula (b) has none, and with one the order cannot be changed.",
)
def with_softmax(x, wq, wk, wv, wo):
    scores = (x @ wq) @ (x @ wk).transpose(-2, -1)
    return scores.softmax(-1) @ (x @ wv) @ wo


@wrong(
    "The scaled dot-product attention of lesson 02 is computed; formula (b) has no softmax and no scale.",
)
def with_scaled_softmax(x, wq, wk, wv, wo):
    scores = (x @ wq) @ (x @ wk).transpose(-2, -1) / wq.shape[-1] ** 0.5
    return scores.softmax(-1) @ (x @ wv) @ wo


@wrong("The result is divided by √n; formula (b) has no scale.")
def scaled_by_root_n(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wv, wo) / wq.shape[-1] ** 0.5


@wrong("The result is divided by √d; formula (b) has no scale.")
def scaled_by_root_d(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wv, wo) / wq.shape[0] ** 0.5


@wrong(
    "The result is divided by L: it is the mean over the tokens, where formula (b) has the sum.",
)
def mean_over_tokens(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wv, wo) / x.shape[-2]


@wrong("The softmax runs over the product of keys and values, which holds no scores.")
def softmax_of_context(x, wq, wk, wv, wo):
    context = (x @ wk).transpose(-2, -1) @ (x @ wv)
    return (x @ wq) @ context.softmax(-1) @ wo


@wrong("Queries and keys have changed places: the keys look at the queries.")
def queries_and_keys_swapped(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wk, wq, wv, wo)


@wrong("Keys and values have changed places: Vᵀ K is made in place of Kᵀ V.")
def keys_and_values_swapped(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wv, wk, wo)


@wrong("Queries and values have changed places.")
def queries_and_values_swapped(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wv, wk, wq, wo)


@wrong("The keys are multiplied with themselves, and the values are never read.")
def never_reads_values(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wk, wo)


@wrong("The values are multiplied with themselves, and the keys are never read.")
def never_reads_keys(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wv, wv, wo)


@wrong("The output projection is missing: the result is n wide.")
def no_output_projection(x, wq, wk, wv, wo):
    return (x @ wq) @ ((x @ wk).transpose(-2, -1) @ (x @ wv))


@wrong(
    "The product of keys and values is summed over the batch too, so the sequences see each other.",
)
def mixes_the_batch(x, wq, wk, wv, wo):
    k, v = (x @ wk).flatten(0, -2), (x @ wv).flatten(0, -2)
    return (x @ wq) @ (k.T @ v) @ wo


@wrong("Each token sees the tokens up to itself; formula (b) lets it see all of them.")
def causal(x, wq, wk, wv, wo):
    context = torch.einsum("...ln,...lm->...lnm", x @ wk, x @ wv).cumsum(-3)
    return torch.einsum("...ln,...lnm->...lm", x @ wq, context) @ wo


@wrong(
    "Each token sees only itself: keys and values meet token by token and are never summed over the "
    "sequence.",
)
def only_itself(x, wq, wk, wv, wo):
    return ((x @ wq) * (x @ wk)).sum(-1, keepdim=True) * (x @ wv) @ wo


@wrong("Queries and keys are multiplied first, and that meets the values: V (Qᵀ K).")
def queries_with_keys_first(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wv, wq, wk, wo)


@wrong("The values are multiplied with the queries first, and the keys ask: K (Qᵀ V).")
def keys_ask_last(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wk, wv, wq, wo)


@wrong("The keys come from Wq: Wk is never read.")
def keys_from_wq(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wq, wv, wo)


@wrong("The queries come from Wk: Wq is never read.")
def queries_from_wk(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wk, wk, wv, wo)


@wrong("The values come from Wq: Wv is never read.")
def values_from_wq(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wq, wo)


def _with_features(x, wq, wk, wv, wo, feature, normalised):
    """Queries and keys through a feature map; ``normalised``: divided by how much each query meets."""
    q, k, v = feature(x @ wq), feature(x @ wk), x @ wv
    meets = (q * k.sum(-2, keepdim=True)).sum(-1, keepdim=True) if normalised else 1
    return q @ (k.mT @ v) / meets @ wo


@wrong(
    "This is linear attention with the feature map elu + 1 (Katharopoulos 2020): different numbers than "
    "formula (b)."
)
def katharopoulos(x, wq, wk, wv, wo):
    return _with_features(x, wq, wk, wv, wo, lambda t: torch.nn.functional.elu(t) + 1, normalised=True)


@wrong("The feature map elu + 1 is applied to queries and keys; formula (b) takes them as they are.")
def elu_features(x, wq, wk, wv, wo):
    return _with_features(x, wq, wk, wv, wo, lambda t: torch.nn.functional.elu(t) + 1, normalised=False)


@wrong("A ReLU is applied to queries and keys; formula (b) takes them as they are.")
def relu_features(x, wq, wk, wv, wo):
    return _with_features(x, wq, wk, wv, wo, torch.relu, normalised=False)


@wrong("The queries and the keys each go through a softmax; formula (b) has none.")
def softmax_on_each(x, wq, wk, wv, wo):
    return (x @ wq).softmax(-1) @ ((x @ wk).softmax(-2).mT @ (x @ wv)) @ wo


@wrong("The queries and the keys each go through a softmax over their width; formula (b) has none.")
def softmax_on_each_width(x, wq, wk, wv, wo):
    return (x @ wq).softmax(-1) @ ((x @ wk).softmax(-1).mT @ (x @ wv)) @ wo


@wrong("The keys meet x itself: the value projection and the output projection are missing.")
def values_are_x(x, wq, wk, wv, wo):
    return (x @ wq) @ ((x @ wk).mT @ x)


@wrong("x is added to the result; formula (b) has no residual connection.")
def with_residual(x, wq, wk, wv, wo):
    return x + linear_attention_reference(x, wq, wk, wv, wo)


@wrong("This is the ordinary order with a softmax over the queries; formula (b) has no softmax.")
def with_softmax_over_queries(x, wq, wk, wv, wo):
    return ((x @ wq) @ (x @ wk).mT).softmax(-2) @ (x @ wv) @ wo


_PROJECTED = {
    ("wq", "wk", "wv")
}  # what queries, keys and values may be made with; these have sentences above


_PROJECTED |= {
    ("wk", "wq", "wv"),
    ("wq", "wv", "wk"),
    ("wv", "wk", "wq"),
    ("wq", "wk", "wk"),
    ("wq", "wv", "wv"),
}


_PROJECTED |= {
    ("wv", "wq", "wk"),
    ("wk", "wv", "wq"),
    ("wq", "wq", "wv"),
    ("wk", "wk", "wv"),
    ("wq", "wk", "wq"),
}


_SCALES = {
    "the result is divided by √n": lambda x, n: n**0.5,
    "the result is divided by √d": lambda x, n: x.shape[-1] ** 0.5,
    "the result is divided by L": lambda x, n: x.shape[-2],
}


def _linear_from(names):
    def attend(x, wq, wk, wv, wo):
        made = {"wq": wq, "wk": wk, "wv": wv}
        for_q, for_k, for_v = (made[name] for name in names)
        return linear_attention_reference(x, for_q, for_k, for_v, wo)

    return attend


def _scaled_and_not_projected(scale):
    return lambda x, wq, wk, wv, wo: no_output_projection(x, wq, wk, wv, wo) / scale(x, wq.shape[-1])


for _names in itertools.product(("wq", "wk", "wv"), repeat=3):
    if _names not in _PROJECTED:
        _q, _k, _v = (name.replace("w", "W") for name in _names)
        wrong(
            f"The queries are made with {_q}, the keys with {_k} and the values with {_v}.",
            _linear_from(_names),
        )


for _what, _scale in _SCALES.items():
    wrong(f"{_upper(_what)}, and the output projection is missing.", _scaled_and_not_projected(_scale))


wrong("The result is divided by n; formula (b) has no scale.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo) / wq.shape[-1]
)


wrong("The result is divided by d; formula (b) has no scale.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo) / x.shape[-1]
)


wrong("The result is multiplied by √n; formula (b) has no scale.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo) * wq.shape[-1] ** 0.5
)


wrong("This is Kᵀ V alone, n×n; the queries and the output projection are still to come.")(
    lambda x, wq, wk, wv, wo: (x @ wk).mT @ (x @ wv)
)


wrong("Kᵀ V meets the output projection without the queries.")(
    lambda x, wq, wk, wv, wo: (x @ wk).mT @ (x @ wv) @ wo
)


wrong("Keys and values are multiplied entry by entry and summed: Kᵀ V is a matrix, n×n.")(
    lambda x, wq, wk, wv, wo: (x @ wq) * ((x @ wk) * (x @ wv)).sum(-2, keepdim=True) @ wo
)


wrong("The output is transposed: a token is a row of it.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo).mT
)


wrong("This is the L×L matrix of the scores; values and output projection are still to come.")(
    lambda x, wq, wk, wv, wo: (x @ wq) @ (x @ wk).mT
)


wrong("The scores lose their sign; formula (b) takes them as they are.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT).abs() @ (x @ wv) @ wo
)


wrong("A ReLU is applied to the scores; formula (b) takes them as they are.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT).relu() @ (x @ wv) @ wo
)


wrong("The scores are divided by their sum; formula (b) divides by nothing.")(
    lambda x, wq, wk, wv, wo: _with_features(x, wq, wk, wv, wo, lambda t: t, normalised=True)
)


wrong("Three linear layers in a row, and no token meets another one: X Wq, X Wk and X Wv are added.")(
    lambda x, wq, wk, wv, wo: (x @ wq + x @ wk + x @ wv) @ wo
)


wrong("The queries, the keys and the values are multiplied entry by entry: no token meets another one.")(
    lambda x, wq, wk, wv, wo: (x @ wq) * (x @ wk) * (x @ wv) @ wo
)


wrong("The values go through the output projection: queries and keys are never read.")(
    lambda x, wq, wk, wv, wo: x @ wv @ wo
)


wrong("The queries go through a softmax over their width; formula (b) has none.")(
    lambda x, wq, wk, wv, wo: (x @ wq).softmax(-1) @ ((x @ wk).mT @ (x @ wv)) @ wo
)


wrong("A softmax is applied to the scores, and the output projection is missing.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT).softmax(-1) @ (x @ wv)
)


wrong("The attention of lesson 02 is computed, and the output projection is missing.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT / wq.shape[-1] ** 0.5).softmax(-1) @ (x @ wv)
)


@right
def with_einsum(x, wq, wk, wv, wo):
    q, k, v = (torch.einsum("...ld,dn->...ln", x, w) for w in (wq, wk, wv))
    return torch.einsum("...ln,...nm,md->...ld", q, torch.einsum("...ln,...lm->...nm", k, v), wo)


@right
def token_by_token(x, wq, wk, wv, wo):
    state = 0
    for token in x.unbind(-2):  # what a recurrent network would do: n×n numbers, updated once for each token
        state = state + (token @ wk).unsqueeze(-1) * (token @ wv).unsqueeze(-2)
    rows = [torch.einsum("...n,...nm->...m", token @ wq, state) @ wo for token in x.unbind(-2)]
    return torch.stack(rows, dim=-2)


@right
def in_double_precision(x, wq, wk, wv, wo):
    return linear_attention_reference(*(tensor.double() for tensor in (x, wq, wk, wv, wo)))


@right
def from_the_right(x, wq, wk, wv, wo):
    return (x @ wq) @ ((x @ wk).mT @ (x @ (wv @ wo)))


@wrong("It handles one axis in front, and the statement asks for any number of them.")
def sequence_by_sequence(x, wq, wk, wv, wo):
    if x.dim() == 3:
        return torch.stack([sequence_by_sequence(sequence, wq, wk, wv, wo) for sequence in x])
    return torch.linalg.multi_dot([x, wq, wk.T, x.T @ x, wv, wo])


@right
def not_contiguous(x, wq, wk, wv, wo):
    context = ((x @ wv).mT @ (x @ wk)).mT
    return (wo.mT @ context.mT @ (x @ wq).mT).mT
