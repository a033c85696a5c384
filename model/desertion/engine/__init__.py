"""What makes kernels fast: compiling, pointers to arrays, threads. Knows nothing of armies."""
