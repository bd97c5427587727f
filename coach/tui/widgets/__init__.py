"""What screens are made of: each widget is a pure drawing in a pane that cannot take the focus."""
