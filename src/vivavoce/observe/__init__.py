"""What the server shows of itself. A leaf: everyone may use it, it uses no one."""
