"""How one machine serves many: whose turn it is, who may still come in, and what is done on the chance. Pure."""
