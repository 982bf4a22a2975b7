"""What is to be computed: the variables of a network with their shapes and roles, and what projections need. No text."""
