"""The offline eval suite and the benchmark."""
