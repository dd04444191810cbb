"""Why something breaks: analyzers, first causes, reports. Pure: it reads the world and nothing else."""
