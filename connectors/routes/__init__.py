"""The front's doors for citizens: the Sanic blueprints of the channels."""
