"""Pictures for the lessons: still ones (`figure`) and ones the reader can handle (`interactive`)."""

from course.show.interactive import interactive
from course.show.style import figure, new, palette
from course.show.unwritten import needs

__all__ = ["figure", "interactive", "needs", "new", "palette"]
