"""What is to be computed: the ledger of arrays, the variables of a network, and what projections need. No text."""
