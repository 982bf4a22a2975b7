"""What is to be computed: variables with their shapes and roles, and what projections need. No text."""
