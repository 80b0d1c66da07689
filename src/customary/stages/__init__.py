"""The verbs: the nine stages that every customer passes, one file each."""
