"""`make bench`: this service's agenda call beside a plain LangChain retrieval chain, measured in one run."""
