"""Who is signed in: sessions in sealed cookies, signing in and out, forms and what is said after them."""
