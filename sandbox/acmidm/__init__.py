"""ACM/IDM: the login of Flanders, as an OpenID Connect provider that takes nothing for granted."""
