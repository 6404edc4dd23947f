"""The staff console: who to call, which concerns are mine, what is late; and closing on evidence.

A page is a `Door`: an address, who may open it, and what is behind it. Everything that keeps others out stands in the
guard, once; what people do is done by casework and models, which the command line uses too.
"""
