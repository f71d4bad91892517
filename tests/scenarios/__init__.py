"""One story, three drivers: scenario files with the arithmetic written beside each number.

`stories/*.yaml` are read by `story.py` and played by the pure core (`in_memory.py`), by Faust on
the embedded broker and store, and by the whole system over HTTP (`in_stack.py`). All three are
compared with the same expected figures.
"""
