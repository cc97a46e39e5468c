"""The report on a class: what is read, which solutions are alike, and the page that says it."""
