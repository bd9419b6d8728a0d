"""Reply engines: any OpenAI-compatible chat server, and a llama.cpp server of our own as a supervised child."""
