"""Foreign payload to event or rejection; pure."""
