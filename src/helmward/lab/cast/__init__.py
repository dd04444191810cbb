"""Who plays in the lab: the programs, their images and the objects they are deployed with."""
