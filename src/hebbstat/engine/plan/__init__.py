"""What is to be computed: every variable of a network with its kind, and what each projection needs. No text."""
