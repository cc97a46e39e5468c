"""Pages that people read: feedback for each student, and a report for whoever teaches."""
