"""Student code, confined: warm kernels and single files, with nothing to find out and nothing to harm.

confinement   what this machine can enforce, and a refusal where it cannot
runner        for a preprocessor that runs notebooks: confined kernels, and output that is cut
provisioner   the same kernels for anything else that uses jupyter_client
bubblewrap    starting one program confined
zygotes       this process's parent of warm kernels
keeper        what stands between that parent and student code (this and below runs inside the sandbox)
"""
