"""The charts of reports and cards, drawn by matplotlib as SVG or PNG; only here it is imported for them."""
