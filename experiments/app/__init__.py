"""How quickly the browser app answers: one strategist alone, a workshop of thirty."""
