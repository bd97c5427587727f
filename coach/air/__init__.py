"""The simulated treadmill and strap as real Bluetooth LE peripherals; the only part that needs Bumble (extra `air`)."""
