"""Import the articles of other systems once: exports, and folders of other generators."""
