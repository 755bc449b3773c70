sep_add_test(audio file LINK SndFile::sndfile)
sep_add_test(audio loudness LABELS golden)
sep_add_test(audio effects)
