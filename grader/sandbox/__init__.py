"""Student code, confined: warm kernels and single files, with nothing to find out and nothing to harm.

confinement   what this machine can enforce, and a refusal where it cannot
two_ways      for a preprocessor that runs notebooks: short_way where it can, and the runner where it must
short_way     a kernel that gets a notebook's pieces on one socket; `pieces` is its other side
runner        for a preprocessor that runs notebooks: confined kernels, and output that is cut
provisioner   the same kernels for anything else that uses jupyter_client
bubblewrap    starting one program confined
zygotes       this process's parent of warm kernels
one_answer    the judge of one file, and the process that runs it, forked from it
keeper        what stands between that parent and student code (this and below runs inside the sandbox)
"""
