"""The fields of the editor's form: values of a post as text, and back."""
