"""What tests of vivavoce share, shipped and typed: engines that follow a script, and servers on real sockets."""
