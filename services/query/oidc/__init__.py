"""Signing in against a company's identity provider: OpenID Connect, authorization code and PKCE.

The provider says who somebody is; what they may see stands in the log. Nothing is stored here:
what must be remembered between leaving for the provider and coming back is sealed in a cookie.
"""
