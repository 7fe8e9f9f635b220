"""Reads the containers of photos: where the picture's own bytes lie, what little is needed of the rest, and what follows.

The process that decodes (`decode.py`) loads these files and nothing else of the server, so they import the standard
library only. What does not belong to the picture (EXIF, comments, previews, text) is never shown to the decoder: phones and
tools write it in every odd way, and none of that may cost a photo.
"""
