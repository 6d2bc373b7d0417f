"""Questions with a picture: who is this, is it Ada, who looks like this."""
