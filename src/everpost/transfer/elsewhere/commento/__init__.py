"""Commento and Comentario."""
