"""From the source of a lesson to what students get."""
