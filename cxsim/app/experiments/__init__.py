"""What is behind the Experiments page: writing a design, running it in a child process, answers."""
