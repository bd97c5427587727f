"""What was: sessions as their journals keep them, an index over them, and what is made of them."""
