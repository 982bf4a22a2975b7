"""From the plan to the text of a kernel that a person could have written."""
