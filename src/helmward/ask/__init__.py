"""Plain language: words become a typed command. Pure: words, an inventory and a conversation in, a result out.

clean.py (fold, take quotes out as data) → words.py, hangul.py → tokens.py (names.py: the gazetteer; lexicon/: what words say)
→ grammar.py (lark: which number, name and place belong to what) → conversation.py (answers, corrections, follow-ups)
→ intent.py (one change, one question, or why neither; classify.py where words are left over) → targets.py, resolve.py (fill the
slots, or ask), doubts.py (ask back all the same) → commands.py. `understand.py` is the whole way; `evaluate.py` measures it on
the utterances that are held apart. `loop/` is the model's part.
"""
