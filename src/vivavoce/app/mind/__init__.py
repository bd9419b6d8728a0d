"""What a server's conversations think with, from the settings: characters, engines, memory, tools, history."""
