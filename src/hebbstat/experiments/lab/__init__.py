"""What all experiments share: the contract, settings, discovery, runner, results and provenance."""
