"""The core is pure: standard library values only; time arrives in events, bytes come in and bytes go out."""
