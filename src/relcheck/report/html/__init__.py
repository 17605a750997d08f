"""Pages of HTML that stand alone: one file, no network, no framework, readable in light, in dark and on paper.

A page is made of `page.page`, elements of `elements`, data of `embedded`, and style sheets and scripts of `static/`.
"""
