"""The composition root: settings to engines to server. The only place that wires."""
