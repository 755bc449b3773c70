sep_add_test(report report)
sep_add_test(report track_picture LINK PNG::PNG)
