"""What happens: units run and stop, coal burns, laboratories test it."""
