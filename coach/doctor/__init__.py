"""What a session needs of this computer, looked at without harm: probes that give findings and print nothing."""
