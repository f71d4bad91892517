"""The live stream: one reader of the change stream per partition, any number of listeners."""
