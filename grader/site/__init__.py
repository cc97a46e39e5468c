"""The self-study site: the whole course as pages that open from a folder, with no network.

`python -m grader.site` (`make site`) writes it to ``build/site``: a page for each lesson, made of its
released notebook with the outputs of the solved one, one for each part of the library, and those of `docs/`.
Sphinx, MyST-NB and furo (`conf.py`) lay them out. What a reader answers there is checked in the page, by what
`grader.site.answers` asked of the judge when the site was built.
"""
