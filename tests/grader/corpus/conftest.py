"""An answer whose name begins with ``test_`` is data, not one of our tests."""

collect_ignore_glob = ["0*", "unseen"]
