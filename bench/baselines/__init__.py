"""The applications that Everpost is compared with: one written as the tutorials do, and the server's limit.
"""
