"""Programs that write what lies in docs/."""
